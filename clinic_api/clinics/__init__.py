"""Clinics: sites, registrations, staff standing, and the practice profile they work under."""
