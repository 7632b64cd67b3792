#!/usr/bin/env bash
# Makes roomwatch_VERSION_ARCH.deb of what `make install` would install. Called by `make deb`, which builds first.
#
#   Config/debian/make-deb.sh CONFIGURATION DIRECTORY      release or debug; where the package is put
#
# No debhelper: the staging is `make install` itself, so that a package and an installation from source are the same
# files. The same commit gives the same bytes: times are SOURCE_DATE_EPOCH (default: that of the commit), owners are root,
# and dpkg-deb sorts. A package of debug executables is for tests; it needs the Swift runtime of this machine. Whoever hands
# packages to others says who they are in DEBFULLNAME and DEBEMAIL, as for every Debian package.
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C TZ=UTC

[ $# -eq 2 ] || { echo "usage: $0 release|debug DIRECTORY" >&2; exit 2; }
configuration=$1
directory=$2
umask 022

version=$(sed -n 's/.*static let text = "\(.*\)".*/\1/p' Sources/FleetAPI/Version.swift)
[ -n "$version" ] || { echo "Sources/FleetAPI/Version.swift names no version" >&2; exit 1; }
architecture=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME:-Roomwatch} <${DEBEMAIL:-roomwatch@localhost}>"
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y README.md)}"
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/stage
doc=$stage/usr/share/doc/roomwatch
mkdir "$stage"
chmod 0755 "$stage"

make --no-print-directory --silent install DESTDIR="$stage" PREFIX=/usr CONFIGURATION="$configuration"

# The linker leaves the folder of the toolchain in the executables; everything is linked in or in its usual place.
if [ "$configuration" = release ]; then
    for executable in "$stage"/usr/bin/*; do chrpath --delete "$executable" >/dev/null; done
fi

# Debian's ways with documents: one licence file, compressed changelog.
rm "$doc/LICENSE"
install -m 0644 Config/debian/copyright "$doc/copyright"
{
    printf 'roomwatch (%s) unstable; urgency=medium\n\n' "$version"
    printf '  * Built from the sources of this version; their history is the changelog.\n\n'
    printf ' -- %s  %s\n' "$maintainer" "$(date -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$doc/changelog.gz"
install -D -m 0644 Config/debian/lintian-overrides "$stage/usr/share/lintian/overrides/roomwatch"

# dpkg-shlibdeps reads the libraries of the executables and wants to stand in a source package.
mkdir -p "$work/debian"
printf 'Source: roomwatch\n\nPackage: roomwatch\nArchitecture: any\n' >"$work/debian/control"
strictness=()
[ "$configuration" = release ] || strictness=(--ignore-missing-info)
depends=$(cd "$work" && dpkg-shlibdeps -O "${strictness[@]}" stage/usr/bin/* 2>"$work/shlibdeps") || {
    cat "$work/shlibdeps" >&2
    exit 1
}
depends=${depends#shlibs:Depends=}

mkdir "$stage/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@MAINTAINER@/$maintainer/" -e "s/@ARCH@/$architecture/" -e "s/@DEPENDS@/$depends/" \
    -e "s/@SIZE@/$(du -k -s --apparent-size --exclude=DEBIAN "$stage" | cut -f1)/" \
    Config/debian/control.in >"$stage/DEBIAN/control"
install -m 0755 Config/debian/{postinst,prerm,postrm} "$stage/DEBIAN/"
(cd "$stage" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum) >"$stage/DEBIAN/md5sums"
chmod 0644 "$stage/DEBIAN/md5sums" "$stage/DEBIAN/control"
# dpkg-deb only sets back what is newer than the epoch.
find "$stage" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

mkdir -p "$directory"
package=$directory/roomwatch_${version}_${architecture}.deb
compression=xz
[ "$configuration" = release ] || compression=none
dpkg-deb --root-owner-group -Z"$compression" --build "$stage" "$package" >/dev/null

if [ "$configuration" = release ] && command -v lintian >/dev/null; then
    # Another version of lintian knows other tags: what it finds is for whoever changes the package, and stops nobody.
    as_root=()
    [ "$(id -u)" != 0 ] || as_root=(--allow-root)
    lintian --fail-on error "${as_root[@]}" "$package" || echo "lintian found the above; the package is made all the same" >&2
fi
echo "$package"
