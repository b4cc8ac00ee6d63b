"""Who holds which office: appointing, replacing, ending; PINs reset and locks lifted by two."""
