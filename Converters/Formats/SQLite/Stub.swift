// Filled by the code that lives here.
