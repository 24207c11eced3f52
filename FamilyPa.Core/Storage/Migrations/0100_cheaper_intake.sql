-- Each message that is taken in writes less: three index entries of sixteen.

-- All that it finds, inbound_messages_member finds too, which begins with the same column.
drop index inbound_messages_family;

-- Messages are looked up by their SID: with that first, the key serves as the index.
alter table inbound_messages drop constraint inbound_messages_pkey, add primary key (message_sid, provider);
drop index inbound_messages_sid;

-- By time, jobs are searched, and events only for what is not purged yet (webhook_events_unpurged).
drop index webhook_events_received;

-- A family that writes now and then has last_inbound_at set with each message: in its own page, where there is room, and so in no index.
alter table family_members set (fillfactor = 80);
