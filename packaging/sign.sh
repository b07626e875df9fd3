#!/usr/bin/env bash
# sign.sh KEY FOLDER: sign the packages of a folder with a key of gpg, each by itself (FILE.deb.asc,
# for loalang-update) and as a flat repository that apt takes (Packages, Release, InRelease).
# The key is that of the machine's gpg and lies nowhere else; FOLDER/packages.gpg is its public half.
set -euo pipefail
key=${1:?name a key of gpg}
cd "${2:?name the folder of the packages}"
gpg=(gpg --batch --yes --local-user "$key")
for deb in *.deb; do
	"${gpg[@]}" --armor --detach-sign --output "$deb.asc" "$deb"
done
gpg --batch --yes --export --output packages.gpg "$key"
for deb in *.deb; do
	dpkg-deb -f "$deb"
	printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
done >Packages
{
	printf 'Origin: loalang\nLabel: Loa Làng\nSuite: stable\nDate: %s\nArchitectures: amd64 arm64 armhf\nSHA256:\n' "$(LC_ALL=C date -u ${SOURCE_DATE_EPOCH:+-d "@$SOURCE_DATE_EPOCH"} '+%a, %d %b %Y %H:%M:%S UTC')"
	printf ' %s %s Packages\n' "$(sha256sum Packages | cut -d' ' -f1)" "$(stat -c %s Packages)"
} >Release
"${gpg[@]}" --armor --detach-sign --output Release.gpg Release
"${gpg[@]}" --clearsign --output InRelease Release
echo "signed: $(find . -maxdepth 1 -name '*.deb' | wc -l) packages by $key"
