using System.Text.Json;

namespace FamilyPa.Core.Storage;

/// <summary>What the database builds as JSON within a row: its names are the columns'.</summary>
internal static class RowJson
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Snake)!;
}
