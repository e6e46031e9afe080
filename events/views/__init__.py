"""Pages of events: for everybody (`public`), for organisers (`desk`), at the door (`door`)."""
