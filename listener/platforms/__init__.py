"""One module, or one package, a platform; earshot.toml names the ones that are on."""
