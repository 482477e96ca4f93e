package dialogue

func childOfKillTest() {}
