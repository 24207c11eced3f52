-- Voice notes: what was attached, what was said, what we asked back; and how a message came to us.

alter table processing_jobs drop constraint processing_jobs_status_reason_check;
alter table processing_jobs add constraint processing_jobs_status_reason_check check (status_reason in (
  'keyword_stop', 'keyword_start', 'keyword_help',
  'empty_message', 'unsupported_image', 'unsupported_video', 'unsupported_document', 'unsupported_location', 'unsupported_contact',
  'unsupported_audio', 'unsupported_media', 'media_too_large', 'audio_too_long', 'media_empty', 'media_unreadable',
  'media_unavailable', 'media_forbidden', 'no_speech',
  'retries_exhausted'));

-- webhook: Twilio posted it. spilled: it waited in a queue while the database was down. reconciled: we asked Twilio for it.
alter table webhook_events add column source text not null default 'webhook' check (source in ('webhook', 'spilled', 'reconciled'));

-- One row for each attached part that the download phase has looked at.
create table media_files (
  family_id uuid not null references families (id),
  message_sid text not null,
  ordinal int not null,
  media_url text not null,
  declared_type text,
  -- By its own bytes; null when nothing could be fetched.
  content_type text,
  -- Where the bytes are, in the container "media"; null when they were not kept, or no longer are.
  blob_name text,
  size_bytes bigint,
  seconds double precision,
  -- Why this part is not worked on (one of the job's reasons); null for a recording that is.
  reason text,
  provider_deleted_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (message_sid, ordinal)
);
create index media_files_family on media_files (family_id);

create table voice_transcriptions (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id),
  message_sid text not null,
  ordinal int not null,
  media_url text,
  transcript text not null,
  language text,
  seconds double precision not null,
  deployment text not null,
  cost_usd numeric(12, 6) not null default 0,
  created_at timestamptz not null default now(),
  unique (message_sid, ordinal)
);
create index voice_transcriptions_family on voice_transcriptions (family_id, created_at);

-- What we asked a sender. Open until answered, or until it is too late to be meant (the pipeline's AnswerWithin).
create table clarifications (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id),
  user_id uuid not null,
  -- The message that made us ask.
  message_sid text not null,
  -- The task that waits for the answer; null when there was not even a task to be unsure of.
  task_id uuid references tasks (id) on delete cascade,
  question text not null,
  asked_at timestamptz not null default now(),
  answered_by text,
  answered_at timestamptz,
  unique nulls not distinct (message_sid, task_id)
);
create index clarifications_open on clarifications (family_id, user_id, asked_at) where answered_by is null;

alter table ai_usage add column audio_seconds numeric(10, 2) not null default 0;

select migration.protect('media_files'), migration.protect('voice_transcriptions'), migration.protect('clarifications');

-- What a phase works with besides the text: attachments, transcripts, open questions. The names are those of the app's own record.
create function claim_material(message inbound_messages, p_answer_within interval) returns json
language sql stable set search_path = public, pg_temp as $$
  select json_build_object(
    'Media', (
      select coalesce(json_agg(json_build_object('Ordinal', n, 'Url', message.raw_payload ->> ('MediaUrl' || n),
        'DeclaredType', message.raw_payload ->> ('MediaContentType' || n)) order by n), '[]')
      from generate_series(0, message.num_media - 1) n where message.raw_payload ? ('MediaUrl' || n)),
    'Files', (
      select coalesce(json_agg(json_build_object('Ordinal', f.ordinal, 'ContentType', f.content_type, 'BlobName', f.blob_name,
        'Seconds', f.seconds, 'Reason', f.reason) order by f.ordinal), '[]')
      from media_files f where f.message_sid = message.message_sid),
    'Transcripts', (
      select coalesce(json_agg(json_build_object('Ordinal', t.ordinal, 'Text', t.transcript, 'Language', t.language) order by t.ordinal), '[]')
      from voice_transcriptions t where t.message_sid = message.message_sid),
    'Questions', (
      select coalesce(json_agg(json_build_object('Id', c.id, 'TaskId', c.task_id, 'Asked', c.question, 'About', left(coalesce(nullif(a.body, ''), v.said, ''), 1000),
        'Title', t.title, 'Notes', t.notes, 'Category', t.category, 'Assignee', p.display_name, 'DueAt', t.due_at, 'DueAllDay', coalesce(t.due_all_day, false))
        order by c.asked_at), '[]')
      from clarifications c
      left join tasks t on t.id = c.task_id
      left join family_members p on p.family_id = t.family_id and p.user_id = t.assignee
      left join inbound_messages a on a.message_sid = c.message_sid
      left join lateral (select string_agg(x.transcript, ' ' order by x.ordinal) as said from voice_transcriptions x where x.message_sid = c.message_sid) v on true
      where c.family_id = message.family_id and c.user_id = message.user_id and c.message_sid <> message.message_sid
        and (c.answered_by is null or c.answered_by = message.message_sid)
        and message.created_at between c.asked_at and c.asked_at + p_answer_within
        and (c.task_id is null or t.status in ('open', 'in_progress'))),
    'Forwarded', coalesce(message.raw_payload ->> 'Forwarded' = 'true', false))
$$;

revoke all on function claim_material from public;
grant execute on function claim_material to service_role;
