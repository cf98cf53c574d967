"""Tests: rules, services and views by feature, journeys over HTTP, and the databases they stand on."""
