"""What happens on a page: read inputs, call one service, build components."""
