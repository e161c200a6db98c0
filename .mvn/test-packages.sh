#!/bin/sh
# Run by the build before integration tests: installs the Debian packages they use where one is missing. Without root or apt-get nothing is
# installed, and the tests that need what is missing are skipped and say so.
set -u
missing=""
need() {
  for file in $1; do
    [ -x "$file" ] && return
  done
  missing="$missing $2"
}
need "/bin/busybox" busybox-static
need "/usr/bin/containerd /usr/local/bin/containerd" containerd
need "/usr/sbin/runc /usr/bin/runc /usr/local/sbin/runc" runc
need "/usr/lib/cni/bridge /opt/cni/bin/bridge" containernetworking-plugins
need "/usr/sbin/iptables /sbin/iptables" iptables
need "/usr/sbin/conntrack" conntrack
need "/usr/sbin/ip /sbin/ip /bin/ip" iproute2
need "/usr/bin/curl" curl
need "/usr/bin/etcdctl" etcd-client
need "/usr/bin/etcd" etcd-server
need "/usr/lib/postgresql/15/bin/initdb" postgresql-15
need "/usr/bin/script" bsdutils
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Not installed, so some tests will be skipped:$missing"
  exit 0
fi
echo "Installing with apt-get for the tests:$missing"
# The packages' own services are not needed and must not be started.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod 0755 $policy
  trap 'rm -f $policy' EXIT
fi
DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
# shellcheck disable=SC2086 # a list of words
apt-get -qq update && apt-get -qq install -y --no-install-recommends $missing || echo "apt-get could not install them, so some tests will be skipped."
