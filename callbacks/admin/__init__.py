"""What happens on the administration pages."""
