#!/bin/sh
# Would read config/deploy.ini, which holds a key that nobody should have committed.
set -eu
echo "deployed with $(grep -c = config/deploy.ini) settings"
