"""Pages on organisations, people, agreements, areas, codes and history."""
