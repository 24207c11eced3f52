namespace FamilyPa.Tests.RowSecurity;

/// <summary>What members may do with a table of their own family. Columns are named one by one; what is not named is denied.</summary>
/// <param name="Change">Who may change another member's row: <c>member</c>, or only <c>admin</c> and owner.</param>
/// <param name="Delete">Who may delete another member's row; null for nobody.</param>
internal sealed record MemberAccess(string Select, string Insert = "", string Update = "", string Change = "admin", string? Delete = null)
{
    public IReadOnlySet<string> Selected { get; } = Names(Select);

    public IReadOnlySet<string> Inserted { get; } = Names(Insert);

    public IReadOnlySet<string> Updated { get; } = Names(Update);

    private static HashSet<string> Names(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}

/// <summary>The whole of what members can reach. A table or a function that is not named here is out of their reach, or a test fails.</summary>
internal static class Declared
{
    public static readonly IReadOnlyDictionary<string, MemberAccess> Tables = new Dictionary<string, MemberAccess>
    {
        ["families"] = new("id name timezone locale created_at version", Update: "name timezone locale"),
        ["family_members"] = new(
            "family_id user_id display_name role phone_masked nicknames notified timezone digest_at digest_set_at created_at version",
            Insert: "family_id display_name role", Update: "display_name role nicknames notified timezone digest_at digest_set_at", Delete: "admin"),
        ["invitations"] = new(
            "family_id user_id display_name role phone_masked created_at", Insert: "family_id display_name role phone_e164", Delete: "admin"),
        ["tasks"] = new(
            "id family_id title notes category assignee assignees due_at due_all_day remind_at status needs_review confidence source_message_sid ordinal "
            + "series_id occurrence created_by assigned_by assigned_at completed_by created_at updated_at version completed_at",
            Insert: "family_id title notes category assignee assignees due_at due_all_day remind_at status needs_review created_by",
            Update: "title notes category assignee assignees due_at due_all_day remind_at status needs_review series_id occurrence", Change: "member", Delete: "admin"),
        ["series"] = new(
            "id family_id title notes category assignees rule starts local_time remind_before ended_at",
            Insert: "family_id title notes category assignees assigned_by rule starts local_time remind_before", Update: "ended_at", Change: "member"),
        ["inbound_messages"] = new("message_sid family_id user_id body num_media created_at"),
        ["media_files"] = new("family_id message_sid ordinal blob_name is_picture"),
        ["voice_transcriptions"] = new("id family_id message_sid ordinal transcript language seconds created_at"),
        ["clarifications"] = new("id family_id user_id message_sid task_id question asked_at answered_by answered_at"),
    };

    /// <summary>What members may call. None of them takes SQL, and those that run as the owner answer about the asking member only.</summary>
    public static readonly IReadOnlySet<string> Functions = new HashSet<string>
    {
        "auth.uid", "my_families", "is_family_member", "family_role", "may_manage",
        // The members' API. As the owner: require_session and my_family, which read, require_outside_session, which stores the asking member's
        // session, show_family, which changes it, the two that keep an answer under a key, and limit_additions, which counts for the asking member's family.
        "require_session", "require_outside_session", "my_family", "show_family", "take_idempotency_key", "keep_answer", "limit_additions",
        "task_json", "create_task", "change_task", "repeat_task", "assignee_names", "zone_or_utc", "delete_task", "change_family", "refuse_member", "family_people", "without_channel", "canonical_number", "add_member", "change_member", "remove_member",
        // As the owner: both use the asking member's own feeds only.
        "my_calendar_feeds", "renew_calendar_feed",
    };

    /// <summary>What the app's roles may call that runs as the owner. Each decides itself which rows it reads and writes.</summary>
    public static readonly IReadOnlySet<string> AsOwner = new HashSet<string>
    {
        "my_families", "is_family_member", "family_role", "require_session", "require_outside_session", "my_family", "show_family", "take_idempotency_key", "keep_answer", "limit_additions",
        "my_calendar_feeds", "renew_calendar_feed",
        // The audit log has a row of each call that removed something, except of the canary's own family.
        "purge_due_events", "erase_family", "delete_canary_family",
    };

    /// <summary>Not even the pipeline may give a row of these to another family.</summary>
    public static readonly IReadOnlySet<string> Settled = new HashSet<string> { "tasks" };
}
