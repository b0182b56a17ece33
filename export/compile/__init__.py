"""From a rendered project folder to an ELF file: compilers, link, worst-case stack, sizes; and the same model for the host."""
