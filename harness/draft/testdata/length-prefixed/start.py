import argparse
import sys

import framed

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=4242)
options = parser.parse_args(sys.argv[sys.argv.index("--") + 1:])
framed.serve(options.port).serve_forever()
