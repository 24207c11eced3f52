using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Families;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Sessions;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Notices;

/// <summary>Works on the queue <c>notices</c>.</summary>
public sealed class NoticeSender(LoginCodes codes, Invitations invitations, ILogger<NoticeSender> log)
{
    /// <remarks>
    /// What fails is delivered again by the platform, and given up after the last try: a code is worth nothing by then, and an invitation's row
    /// says what became of it. So nothing of it ever waits in poison for somebody to look at.
    /// </remarks>
    public async Task SendAsync(string body, long dequeueCount, CancellationToken cancellation)
    {
        var notice = Notice.TryParse(body);
        try
        {
            await (notice?.Kind switch
            {
                NoticeKind.Code => codes.SendAsync(notice.Id, cancellation),
                NoticeKind.Invitation => invitations.SendAsync(notice.Id, notice.By),
                _ => throw new FormatException("No notice."),
            });
        }
        catch (Exception e) when (e is not OperationCanceledException && (notice is null || dequeueCount >= PhaseQueues.MostTries))
        {
            GiveUp(body, ErrorCode.Of(e));
        }
    }

    /// <summary>What got into poison all the same: its process died five times.</summary>
    public void GiveUp(string body, string code)
    {
        var notice = Notice.TryParse(body);
        log.NoticeNotSent(notice?.Kind.ToString() ?? "unreadable", notice?.Id, code);
    }
}
