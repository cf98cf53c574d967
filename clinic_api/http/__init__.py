"""The wire: problems, strict input, operations, versions, pages, limits, headers, and the OpenAPI document."""
