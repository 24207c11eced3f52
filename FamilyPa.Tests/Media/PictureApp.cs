using FamilyPa.Local.App;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Media;

/// <summary>The app, and a family member who sends pictures.</summary>
[ReusedApp]
public sealed class PictureApp(TestEnvironment environment) : FastApp(environment)
{
    public const int MaxPictures = 3;

    private ChatRequest? asked;

    /// <summary>What the model was sent last.</summary>
    public ChatRequest Asked => asked ?? throw Failure("The model was not asked.");

    /// <summary>Answers each request with pictures.</summary>
    public IDisposable Understands(string answer)
    {
        asked = null;
        return OpenAI.Respond(request => request.Pictures.Count > 0 && (asked = request) is not null, answer);
    }

    public Task<string> SendAsync(string declaredType, byte[] picture) => SendAsync("", new InboundMedia(declaredType, picture));

    public Task<string> SendAsync(string caption, params InboundMedia[] media) => SendAsync(DemoFamily.Owner.Phone, caption, media);

    public async Task<string> SendAsync(string phone, string caption, InboundMedia[] media)
    {
        var delivery = await Twilio.SendInboundAsync(
            new InboundMessage { From = $"whatsapp:{phone}", Body = caption, Media = media }, TestContext.Current.CancellationToken);
        return delivery.Accepted ? delivery.MessageSid : throw Failure($"The webhook answered {delivery.Status}.");
    }

    public Task<string> ReplyAsync(string sid) =>
        Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);

    public async Task<IEnumerable<object?>> TitlesAsync(string sid) =>
        (await Database.RowsAsync("select title from tasks where source_message_sid = $1 order by ordinal", sid)).Select(task => task["title"]);

    protected override void Configure(IDictionary<string, string?> settings)
    {
        base.Configure(settings);
        settings["Limits__MaxPictures"] = $"{MaxPictures}";
        settings["Limits__SenderPerMinute"] = "1000";
    }
}
