-- What a family's members may see and do. The rest is denied: every other table by its policy, every other column by having no grant.

drop policy authenticated_nothing on families;
grant select (id, name, timezone, locale, created_at), update (name, timezone, locale) on families to authenticated;
create policy members_see on families for select to authenticated
  using (id = any ((select my_families())::uuid[]));
create policy admins_change on families for update to authenticated
  using (id = any ((select my_families(array['owner', 'admin']))::uuid[]));

-- Members know each other's numbers, but a session that was stolen must not.
alter table family_members add column phone_masked text generated always as ('…' || right(phone_e164, 2)) stored;

-- Neither family nor user_id can be chosen: nobody is moved into a family, and nobody makes another family's member one of his own.
drop policy authenticated_nothing on family_members;
grant select (family_id, user_id, display_name, role, phone_masked, created_at), insert (family_id, display_name, role, phone_e164),
  update (display_name, role), delete on family_members to authenticated;
create policy members_see on family_members for select to authenticated
  using (family_id = any ((select my_families())::uuid[]));
create policy admins_add on family_members for insert to authenticated
  with check (may_manage(family_id, role));
-- Everyone may change their own name, which leaves the role what it was.
create policy admins_change on family_members for update to authenticated
  using (may_manage(family_id, role) or user_id = (select auth.uid()))
  with check (may_manage(family_id, role) or (user_id = (select auth.uid()) and role = family_role(family_id)));
-- Everyone may leave.
create policy admins_remove on family_members for delete to authenticated
  using (may_manage(family_id, role) or user_id = (select auth.uid()));

drop policy authenticated_nothing on tasks;
-- source_message_sid and ordinal are the pipeline's: whoever could write them could take the place of a task that a message is to become.
grant select, insert (family_id, title, notes, category, assignee, due_at, due_all_day, status, needs_review, created_by),
  update (title, notes, category, assignee, due_at, due_all_day, status, needs_review), delete on tasks to authenticated;
create policy members_see on tasks for select to authenticated
  using (family_id = any ((select my_families())::uuid[]));
create policy members_add on tasks for insert to authenticated
  with check (is_family_member(family_id));
create policy members_change on tasks for update to authenticated
  using (family_id = any ((select my_families())::uuid[]));
create policy members_delete_own_and_admins_all on tasks for delete to authenticated
  using (
    family_id = any ((select my_families(array['owner', 'admin']))::uuid[])
    or (family_id = any ((select my_families())::uuid[]) and created_by = (select auth.uid())));

drop policy authenticated_nothing on inbound_messages;
grant select (message_sid, family_id, user_id, body, num_media, created_at) on inbound_messages to authenticated;
create policy members_see on inbound_messages for select to authenticated
  using (family_id = any ((select my_families())::uuid[]));

drop policy authenticated_nothing on voice_transcriptions;
grant select (id, family_id, message_sid, ordinal, transcript, language, seconds, created_at) on voice_transcriptions to authenticated;
create policy members_see on voice_transcriptions for select to authenticated
  using (family_id = any ((select my_families())::uuid[]));

drop policy authenticated_nothing on clarifications;
grant select (id, family_id, user_id, message_sid, task_id, question, asked_at, answered_by, answered_at) on clarifications to authenticated;
create policy members_see on clarifications for select to authenticated
  using (family_id = any ((select my_families())::uuid[]));
