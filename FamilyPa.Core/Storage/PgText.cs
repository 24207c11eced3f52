namespace FamilyPa.Core.Storage;

/// <summary>PostgreSQL's text and jsonb hold every character but U+0000.</summary>
public static class PgText
{
    public static string Clean(string text) => text.Replace('\0', '\uFFFD');
}
