# What people do with etcdctl (API version 2) and with the version 2 HTTP API.
align
run2 set key1 value1
run2 get key1
run2 get missing
run2 get missing/deeper
run2 set key1 value2
run2 -o json get key1
run2 -o extended get key1
run2 mk key1 again
run2 mk key2 fresh
run2 update key2 newer
run2 update missing x
run2 set dir/sub/leaf deep
run2 get dir
run2 ls --sort
run2 ls /dir
run2 ls --sort --recursive /
run2 ls -p --recursive /dir
run2 ls missing
run2 mkdir made
run2 mkdir made
run2 mkdir key1
run2 mkdir made/inner
run2 ls made
run2 setdir made
run2 updatedir made --ttl 100
run2 set made x
run2 set key1/below x
run2 rm made
run2 rmdir made
run2 rm --recursive made
run2 rmdir missing
run2 rm key2
run2 rm key2
run2 rm --with-value wrong key1
run2 rm --with-value value2 key1
run2 set cas one
run2 set --swap-with-value wrong cas two
run2 set --swap-with-value one cas two
run2 set --swap-with-index 1 cas three
run2 set lives 1 --ttl 100
run2 set dir2/a 1
run2 setdir dir2/d
run2 rmdir dir2/d
run2 mk --in-order queue first
run2 member list
run2 cluster-health
run2 set / x
run2 rm --recursive /
run2 set _hidden x
run2 ls --sort
run2 get _hidden
run2 set sorted/b 2
run2 set sorted/a 1
run2 ls --sort sorted
http GET /v2/keys/sorted?sorted=true
http GET /v2/keys/?recursive=true\&sorted=true
http GET /v2/keys/dir?recursive=true\&quorum=true
http PUT /v2/keys/form value=x
http PUT /v2/keys/form value=y\&prevExist=true
http PUT /v2/keys/form value=y\&prevExist=false
http PUT /v2/keys/form value=y\&prevIndex=abc
http PUT /v2/keys/form value=y\&prevValue=
http PUT /v2/keys/form value=y\&ttl=abc
http PUT /v2/keys/form value=y\&dir=maybe
http PUT /v2/keys/form value=z\&prevValue=y\&prevIndex=1
http PUT /v2/keys/form value=z\&prevValue=y
http PUT /v2/keys/directory dir=true
http PUT /v2/keys/directory dir=true
http PUT /v2/keys/empty
http POST /v2/keys/queue2 value=job1
http POST /v2/keys/queue2 value=job2
http DELETE /v2/keys/form?prevValue=no
http DELETE /v2/keys/form?prevValue=z
http DELETE /v2/keys/directory
http DELETE /v2/keys/directory?dir=true
http DELETE /v2/keys/dir?recursive=true
http GET /v2/keys/nothing
http PATCH /v2/keys/nothing
http GET /v2/members
http GET /v2/stats/store2
http GET /nothing
