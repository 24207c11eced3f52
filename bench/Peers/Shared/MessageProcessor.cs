using System.ClientModel;
using System.Text.Json;
using Azure.AI.OpenAI;
using Npgsql;
using OpenAI.Chat;
using Twilio.Security;

namespace FamilyPa.Peers;

public sealed record TextMessage(string MessageSid, string From, string To, string Body);

/// <summary>What both peers do in the same way: verify, store each message once, and in the background ask the model, store its tasks and reply.</summary>
public sealed class MessageProcessor(IConfiguration settings, NpgsqlDataSource database, ChatClient chat, IHttpClientFactory http)
{
    private const string Instructions =
        """
        You extract tasks from a message to a family's task board. The user message is a JSON object with the message and the local time.
        One task for each thing to be done. title: short, without the date. due_at: yyyy-MM-dd or yyyy-MM-ddTHH:mm, or null.
        """;

    private static readonly ChatCompletionOptions Options = new()
    {
        ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(
            "tasks",
            BinaryData.FromString(
                """
                {"type":"object","additionalProperties":false,"required":["tasks"],"properties":{"tasks":{"type":"array","items":{"type":"object",
                "additionalProperties":false,"required":["title","due_at"],"properties":{"title":{"type":"string"},"due_at":{"type":["string","null"]}}}}}}
                """),
            jsonSchemaIsStrict: true),
    };

    public static void Add(WebApplicationBuilder builder)
    {
        var settings = builder.Configuration;
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddHttpClient("twilio", client => client.BaseAddress = new Uri(settings["TWILIO_API_BASE_URL"]!)).RemoveAllLoggers();
        builder.Services
            .AddSingleton(_ => NpgsqlDataSource.Create(settings["POSTGRES_CONNECTION_STRING"]!))
            .AddSingleton(_ => new AzureOpenAIClient(new Uri(settings["AZURE_OPENAI_ENDPOINT"]!), new ApiKeyCredential(settings["AZURE_OPENAI_API_KEY"]!))
                .GetChatClient(settings["AZURE_OPENAI_CHAT_DEPLOYMENT"]!))
            .AddSingleton<MessageProcessor>();
    }

    /// <param name="accept">Stores the message and enqueues it.</param>
    public async Task MapWebhookAsync(WebApplication app, Func<TextMessage, Task> accept)
    {
        await using var tables = database.CreateCommand(
            """
            create table if not exists messages (
              message_sid text primary key, from_address text not null, to_address text not null, body text not null,
              received_at timestamptz not null default now(), replied_at timestamptz);
            create table if not exists tasks (
              source_message_sid text not null references messages, ordinal int not null, title text not null, due_at text,
              primary key (source_message_sid, ordinal));
            """);
        await tables.ExecuteNonQueryAsync();
        var validator = new RequestValidator(settings["TWILIO_AUTH_TOKEN"]!);
        app.MapPost("/api/webhooks/twilio", async (HttpRequest request) =>
        {
            var form = (await request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString());
            if (!validator.Validate($"{settings["PUBLIC_BASE_URL"]}{request.Path}{request.QueryString}", form, request.Headers["X-Twilio-Signature"].ToString()))
                return Results.StatusCode(403);
            await accept(new TextMessage(form["MessageSid"], form["From"], form["To"], form["Body"]));
            return Results.Text("<Response/>", "text/xml");
        });
    }

    /// <returns>False when the message is stored already.</returns>
    public static async Task<bool> StoreAsync(NpgsqlConnection connection, TextMessage message)
    {
        await using var insert = new NpgsqlCommand("insert into messages values ($1, $2, $3, $4) on conflict do nothing", connection)
        {
            Parameters = { new() { Value = message.MessageSid }, new() { Value = message.From }, new() { Value = message.To }, new() { Value = message.Body } },
        };
        return await insert.ExecuteNonQueryAsync() == 1;
    }

    /// <summary>May run again after a crash: the tasks are inserted once, and a reply that was recorded is not sent again.</summary>
    public async Task ProcessAsync(string messageSid)
    {
        if (await ReadAsync(messageSid) is not { } message)
            return;
        var input = JsonSerializer.Serialize(new { message = message.Body, now = DateTime.UtcNow });
        var completion = (await chat.CompleteChatAsync([new SystemChatMessage(Instructions), new UserChatMessage(input)], Options)).Value;
        using var answer = JsonDocument.Parse(completion.Content[0].Text);
        var tasks = answer.RootElement.GetProperty("tasks").EnumerateArray()
            .Select(task => (Title: task.GetProperty("title").GetString()!, DueAt: task.GetProperty("due_at").GetString())).ToList();
        await ExecuteAsync(
            "insert into tasks select $1, * from unnest($2::int[], $3::text[], $4::text[]) on conflict do nothing",
            messageSid, Enumerable.Range(0, tasks.Count).ToArray(), tasks.Select(task => task.Title).ToArray(), tasks.Select(task => task.DueAt).ToArray());
        await ReplyAsync(message, $"Added: {string.Join(", ", tasks.Select(task => task.Title))}");
        await ExecuteAsync("update messages set replied_at = now() where message_sid = $1", messageSid);
    }

    private async Task<TextMessage?> ReadAsync(string messageSid)
    {
        await using var command = database.CreateCommand("select from_address, to_address, body from messages where message_sid = $1 and replied_at is null");
        command.Parameters.Add(new() { Value = messageSid });
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? new TextMessage(messageSid, reader.GetString(0), reader.GetString(1), reader.GetString(2)) : null;
    }

    private async Task ReplyAsync(TextMessage message, string body)
    {
        var account = settings["TWILIO_ACCOUNT_SID"]!;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"2010-04-01/Accounts/{account}/Messages.json")
        {
            Content = new FormUrlEncodedContent([new("To", message.From), new("From", message.To), new("Body", body)]),
            Headers = { Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{account}:{settings["TWILIO_AUTH_TOKEN"]}"))) },
        };
        using var client = http.CreateClient("twilio");
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
