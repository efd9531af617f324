"""What happens in the portals of partners."""
