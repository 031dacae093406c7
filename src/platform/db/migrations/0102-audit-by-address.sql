-- Who is asked for is a person, by address or id; half of all rows are the system's own. An index by id alone served neither: the
-- log was asked for the id or the address, and there was none by address.
drop index audit_actor;
create index audit_address on audit (actor_email, at) where actor_email is not null;
