-- Indexes that are partial by the same condition are never combined: PostgreSQL takes the second one for redundant. Those of words
-- and of tags have deleted resources as well from now on, so that a search by type, state, tags and words looks only at rows that all
-- of its conditions let through.
drop index resources_tags;
create index resources_tags on resources using gin (tags);
drop index resources_search;
create index resources_search on resources using gin (search_text gin_trgm_ops);

-- Whole descriptions are in no condition; statistics of them are much of the work of ANALYZE.
alter table resources alter column config set statistics 0;
