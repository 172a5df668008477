-- One row a source: source_health as of the publish, so that a monitor's question costs nothing.
select * from source_health
