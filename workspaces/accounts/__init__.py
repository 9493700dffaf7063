"""A person's own account: signing up and in, second factors, sessions, profile. django-allauth, dressed and bounded."""
