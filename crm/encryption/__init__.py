"""Fields that only the application can read, with key rotation."""
