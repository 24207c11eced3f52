-- Who took a reply up for sending. A commit whose answer was lost can then be asked for again by the one who has not sent it yet,
-- and by nobody else.
alter table outbound_messages add column sending_id uuid;
