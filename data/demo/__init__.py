"""The demo company: rules, generator and loader. docs/demo-company.md tells what is true in it."""
