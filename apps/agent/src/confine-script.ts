/**
 * Runs as the first process of new namespaces for mounts and processes, with all rights over them, and ends as the program
 * with none. Arguments: mode, folder for the stage, checkout, number of mounts, three words for each, the program.
 *
 * C1 what was there can only be read, but for the mounts of kind `write` and for devices that hold nothing;
 * C2 what is hidden cannot be reached: no path leads there, no descriptor is left, and nobody within may unmount;
 * C3 descriptor 3 says `confined` when all of that is so, and not before.
 *
 * Sources are bound to a stage first: afterwards they may be covered. The stage is reached as the working folder alone.
 */
export const CONFINE_SCRIPT = `set -eu
mode=$1 stage=$2 checkout=$3 count=$4
shift 4

# Options may be locked: each mount keeps its own, and becomes read-only.
be_read_only() { mount -n -o "remount,bind,ro\${2#r[ow]}" none "$1"; }

mount -n -t tmpfs -o mode=0755 stage "$stage"
cd "$stage"
: > none
each() {
  n=0
  while [ $n -lt $count ]; do
    n=$((n+1))
    "$act" "$n" "$1" "$2" "$3"
    shift 3
  done
}
make_like() { if [ -d "$1" ]; then mkdir -p "$2"; elif [ ! -e "$2" ]; then mkdir -p "\${2%/*}"; : > "$2"; fi; }
bind_source() { if [ "$2" = "$kind" ]; then make_like "$4" "./$1"; mount -n -c --$how "$4" "./$1"; fi; }
kind=write how=bind act=bind_source
each "$@"

cat /proc/self/mountinfo > mountinfo
while read -r _ _ _ _ point options _; do
  case "$options" in ro*) continue ;; esac
  case "$point" in *\\\\*) point=$(printf '%b' "$point") ;; esac
  case "$point" in "$stage" | "$stage"/* | /proc | /proc/* | /dev | /dev/*) continue ;; esac
  if [ -e "$point" ]; then be_read_only "$point" "$options"; fi
done < mountinfo

kind=keep how=rbind
each "$@"
mkdir dev
mount -n --rbind /dev ./dev

place() {
  case $2 in
    hide)
      # What a mount above hides already is not there.
      if [ -d "$3" ]; then mount -n -t tmpfs -o mode=0755 hidden "$3"
      elif [ -e "$3" ]; then mount -n -c --bind ./none "$3"
      else return 0; fi
      : > "./hidden-$1" ;;
    *) make_like "./$1" "$3"; mount -n -c --rbind "./$1" "$3" ;;
  esac
}
act=place
each "$@"

mount -n -t tmpfs -o mode=0755,nosuid dev /dev
for node in null zero full random urandom tty; do
  if [ -e "./dev/$node" ]; then : > "/dev/$node"; mount -n -c --bind "./dev/$node" "/dev/$node"; fi
done
mkdir /dev/pts /dev/shm
mount -n -t devpts -o newinstance,ptmxmode=0666,mode=0620,nosuid,noexec devpts /dev/pts
mount -n -t tmpfs -o mode=1777,size=64m,nosuid,nodev shm /dev/shm
ln -s pts/ptmx /dev/ptmx
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
be_read_only /dev rw,nosuid

close_hidden() { if [ -e "./hidden-$1" ]; then be_read_only "$3" rw; fi; }
act=close_hidden
each "$@"
cd "$checkout"
shift $((count * 3))

# The first process of its namespace takes up orphans; what is left when it ends, the kernel ends.
first='"$@"; exit $?'
if [ "$mode" = root ]; then
  be_read_only /proc rw,nosuid,nodev,noexec
  echo confined >&3
  exec 3>&-
  exec setpriv --no-new-privs --inh-caps=-all --ambient-caps=-all --bounding-set=-all sh -c "$first" sh "$@"
fi
echo confined >&3
exec 3>&-
# Within one more namespace it is its user again, and has no say over the mounts of the one around.
exec unshare --user --map-user="\${mode%:*}" --map-group="\${mode#*:}" setpriv --no-new-privs sh -c "$first" sh "$@"
`;
