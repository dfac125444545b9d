"""Whether the register is what people wrote: chains, outside heads, state and files."""
