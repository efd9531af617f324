"""The REST API: one file a subject, thin over the services that the pages call."""
