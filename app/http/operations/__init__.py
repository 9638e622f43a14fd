"""What supervisors and load balancers ask. Nothing here needs an account, and nothing here tells of content."""
