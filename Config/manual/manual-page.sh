#!/usr/bin/env bash
# Prints one page of the manual as mdoc: Config/manual/manual-page.sh PAGE DIRECTORY, with the executables in DIRECTORY.
set -euo pipefail
cd "$(dirname "$0")/../.."
page=$1 bin=$2
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y README.md)}
date=$(LC_ALL=C date -u -d "@$epoch" '+%B %-d, %Y')
case $page in
roomwatch.yaml.5) exec "$bin/roomwatch-manual" "Config/manual/$page" --example Config/roomwatch.yaml --date "$date" ;;
*) "$bin/${page%.*}" --experimental-dump-help | "$bin/roomwatch-manual" "Config/manual/$page" --dump - --date "$date" ;;
esac
