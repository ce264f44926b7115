try run()
