# Users and roles, where there are none.
run user list
run role list
run auth disable
run auth enable
run user get nobody
run user delete nobody
run user grant-role nobody norole
run role get norole
run role delete norole
run role grant-permission norole read foo
run --user root:x get a
