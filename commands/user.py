"""``cli.py user``: accounts made by the operator."""

from __future__ import annotations

import click

from commands.connection import connected
from services import accounts, people, second_factor


@click.group()
def user() -> None:
    """Accounts."""


@user.command("create-admin")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--company", default="", help="Name of your company; needed for the first account only.")
@click.password_option(help="At least 12 characters; asked for when not given.")
@connected
def create_admin(email: str, name: str, company: str, password: str) -> None:
    """Make an administrator; on a fresh installation also the company."""
    people.create_administrator(email=email, name=name, company=company, password=password)
    click.echo(f"{email} can sign in as administrator.")


@user.command("set-password")
@click.argument("email")
@click.password_option()
@connected
def set_password(email: str, password: str) -> None:
    """Give an account a new password and end its sessions."""
    people.set_password(email=email, password=password)
    click.echo(f"{email} has a new password; its sessions have ended.")


@user.command("reset-second-factor")
@click.argument("email")
@connected
def reset_second_factor(email: str) -> None:
    """Take off the second factor of somebody who lost it, and end the sessions of the account."""
    second_factor.reset(accounts.operator(), email)
    click.echo(f"{email} signs in without a second factor until a new one is set up.")
