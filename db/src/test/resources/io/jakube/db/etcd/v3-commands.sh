# What people do with etcdctl (API version 3). Run against two servers; what they print must be alike.
# run COMMAND...   runs it, prints what it prints and its exit code
run put foo bar
run get foo
run get foo -w json
run get foo -w fields
run get foo --print-value-only
run get foo --hex
run get missing
run get missing -w json
run put foo baz --prev-kv
run put foo --ignore-value
run put missing --ignore-value
run put foo qux --ignore-lease
run put missing x --ignore-lease
run put a 3
run put b 1
run put c 2
run put c 2
run get a d
run get a d --limit 2
run get a d --limit 2 -w json
run get a d --keys-only
run get a d --count-only -w json
run get a d --count-only --write-out=fields
run get a d --order=DESCEND
run get a d --sort-by=VALUE
run get a d --sort-by=VALUE --order=DESCEND
run get a d --sort-by=CREATE --order=DESCEND
run get a d --sort-by=MODIFY --order=DESCEND
run get a d --sort-by=VERSION
run get a d --sort-by=VERSION --order=DESCEND --limit=1
run get b --from-key
run get b --from-key --limit 1 -w json
run get "" --prefix
run get "" --from-key --keys-only
run get --prefix f
run get foo --rev 2
run get foo --rev 3
run get foo --rev 1
run get foo --rev 100000
run get z a
run get z a -w json
run get foo --consistency=s
run get "" 
run put "" x
run del ""
run del missing
run del z a
run del a --prev-kv
run del b d --prev-kv
run del foo -w json
run get "" --prefix --keys-only -w json
run put p/1 one
run put p/2 two
run put p/3 three
run del --prefix p/ --prev-kv -w json
run put q/1 one
run put q/2 two
run del --from-key q/2
run get "" --prefix
text 'mod("k1") = "0"

put k1 overwritten
get k1

get k1

' txn
text 'value("k1") = "overwritten"

put k1 again
put k2 two
get k2

get k1

' txn
text 'version("k1") > "5"

put k1 no

get k1
get k2

' txn
text 'create("k1") = "999"

put k1 no


' txn -w json
text 'version("k1") = "2"

del k1
del --prefix k


' txn -w json
text '
put dup 1
put dup 2


' txn
text '
put dup 1
del dup


' txn
text '
put dup 1
del --prefix du


' txn
text '

' txn
text 'ver("k1") = "2"

' txn
text 'value("nokey") = "x"

put nokey 1


' txn
run put big --ignore-value=false "$(head -c 100000 /dev/zero | tr '\0' x)"
run del big
run put comp 1
run put comp 2
run put comp 3
run compact 25
run compact 25
run compact 20
run compact 100000
run get comp --rev 24
run get comp --rev 25
run watch_for 1 comp --rev 3
run lease grant 100
lease=$(last_lease)
run lease timetolive $lease
run lease timetolive $lease --keys
run put leased/1 x --lease=$lease
run lease timetolive $lease --keys
run put leased/2 x --lease=$lease
run get --prefix leased -w json
run lease keep-alive --once $lease
run lease list
run lease revoke $lease
run get --prefix leased
run lease revoke $lease
run lease timetolive $lease
run lease timetolive $lease --keys -w json
run lease keep-alive --once $lease
run lease grant 0
run lease revoke $(last_lease)
run lease grant -5
run lease grant 1
run lease revoke $(last_lease)
run lease grant 10000000000
run lease grant abc
run put x y --lease=1234567
run lease list
run put w one
run put w two
run del w
run put w anew
run watch_for 4 w --rev $(revision_before 4)
run watch_for 4 w --rev $(revision_before 4) -w json
run watch_for 4 w --rev $(revision_before 4) --prev-kv
run watch_for 2 w --rev $(revision_before 2) --prev-kv -w json
run watch_for 1 --prefix w --rev $(revision_before 1)
run endpoint health
run endpoint status
run endpoint status -w json
run endpoint status -w table
run member list
run member list -w json
run member list -w table
run alarm list
run alarm disarm
run defrag
run compact 40 --physical
run move-leader 123
run snapshot save $dir/snapshot.db
run elect_once e1 candidate
run lock_once l1
run get e1 --prefix
run get l1 --prefix
