"""What happens on the account and help pages."""
