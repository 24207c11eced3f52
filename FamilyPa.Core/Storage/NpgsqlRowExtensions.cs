using Npgsql;

namespace FamilyPa.Core.Storage;

internal static class NpgsqlRowExtensions
{
    /// <summary>Reads a column by its name. NULL is null, and an error where <typeparamref name="T"/> is a plain value type.</summary>
    public static T Get<T>(this NpgsqlDataReader row, string column)
    {
        var ordinal = row.GetOrdinal(column);
        return default(T) is null && row.IsDBNull(ordinal) ? default! : row.GetFieldValue<T>(ordinal);
    }
}
