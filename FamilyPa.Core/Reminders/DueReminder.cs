using FamilyPa.Core.Tasks;
using Npgsql;

namespace FamilyPa.Core.Reminders;

/// <summary>A task of which a member is to be reminded now.</summary>
/// <param name="Key">Of the row that keeps it from happening twice (<c>reminder:</c>, the task's id, the time that was said, else when it is due, and the member's id).</param>
/// <param name="IsLate">Its time is long over: the app was down.</param>
public sealed record DueReminder(Guid TaskId, string Key, string Title, DueDate? Due, Recipient Recipient, bool IsLate);

/// <param name="Zone">An IANA name.</param>
/// <param name="To">Where the member wrote from last, by the same channel; by SMS where WhatsApp takes nothing now.</param>
/// <param name="From">The number of ours that the member wrote to, else <c>our_number</c>; null where none is known.</param>
public sealed record Recipient(Guid FamilyId, Guid UserId, string Zone, string Locale, string To, string? From)
{
    /// <summary>The SID of WhatsApp's approved template to send it with; null for free text.</summary>
    public string? Template { get; init; }

    /// <summary>Reads the columns in the order of the parameters.</summary>
    /// <param name="first">The first column.</param>
    internal static Recipient Read(NpgsqlDataReader row, int first) => new(
        row.GetGuid(first), row.GetGuid(first + 1), row.GetString(first + 2), row.GetString(first + 3), row.GetString(first + 4),
        row.IsDBNull(first + 5) ? null : row.GetString(first + 5));
}
