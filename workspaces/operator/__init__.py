"""Pages of whoever runs the installation: outside tenancy, for people with `User.is_operator`. To all others: 404."""
