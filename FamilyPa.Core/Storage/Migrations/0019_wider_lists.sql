-- The closed lists, with what families can ask for in the chat, what limits hold back, and what else we send.

alter table processing_jobs drop constraint processing_jobs_status_reason_check;
alter table processing_jobs add constraint processing_jobs_status_reason_check check (status_reason in (
  'keyword_stop', 'keyword_start', 'keyword_help',
  'command_list', 'command_done', 'command_undo', 'command_board', 'command_help',
  'empty_message', 'unsupported_image', 'unsupported_video', 'unsupported_document', 'unsupported_location', 'unsupported_contact',
  'unsupported_audio', 'unsupported_media', 'media_too_large', 'audio_too_long', 'media_empty', 'media_unreadable',
  'media_unavailable', 'media_forbidden', 'no_speech',
  'rate_sender', 'rate_hour', 'rate_day', 'budget_family', 'budget_global', 'no_slot', 'breaker_open', 'sender_paused',
  'retries_exhausted'));

alter table outbound_messages drop constraint outbound_messages_kind_check;
alter table outbound_messages add constraint outbound_messages_kind_check
  check (kind in ('reply', 'failure', 'throttled', 'deferred', 'reminder', 'invitation'));
