-- One trace for each message: the webhook's span (W3C traceparent), which whatever is done later for the message goes on from.
-- The app says it as a setting of the transaction that stores the event, so that no function has to hand it through.
alter table webhook_events
  add column traceparent text default nullif(current_setting('familypa.traceparent', true), ''),
  alter column trace_id set default nullif(split_part(current_setting('familypa.traceparent', true), '-', 2), '');
