using System.Text.Json;

namespace FamilyPa.Core.Storage;

/// <summary>Reads JSON that the database builds inside a row, with the columns' snake_case names.</summary>
internal static class RowJson
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Snake)!;
}
