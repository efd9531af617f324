"""What happens on the planning pages."""
