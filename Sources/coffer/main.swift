internal import Bytes

ProcessSetup.harden()
ProcessSetup.exit(run(ProcessSetup.arguments))
