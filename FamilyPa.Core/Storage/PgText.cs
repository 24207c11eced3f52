namespace FamilyPa.Core.Storage;

/// <summary>Replaces U+0000, the only character that PostgreSQL's text and jsonb do not accept.</summary>
public static class PgText
{
    public static string Clean(string text) => text.Replace('\0', '\uFFFD');
}
