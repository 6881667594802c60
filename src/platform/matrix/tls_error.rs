//! Why a TLS connection to the homeserver failed, told from an error of the HTTP client.

use std::error::Error;
use std::io;

use rustls::CertificateError;

/// Why there is no TLS connection, with advice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TlsError {
    /// The trusted certificates of the system are empty.
    #[error(
        "this machine has no certificate authorities, so that it can trust no homeserver: install them (the package `ca-certificates`), or name a file with them in the environment variable SSL_CERT_FILE"
    )]
    NoAuthorities,
    /// The issuer of the certificate is unknown.
    #[error(
        "the homeserver's certificate is not from an authority that this machine trusts: install the authority's certificate (`update-ca-certificates`), or name a file with it in the environment variable SSL_CERT_FILE. If the authority is a public one, the homeserver may not send its intermediate certificates"
    )]
    UnknownIssuer,
    /// The certificate is valid at another time.
    #[error(
        "the homeserver's certificate has expired or is not valid yet: renew it, or check the clock of this machine"
    )]
    OtherTime,
    /// The certificate is that of another host.
    #[error(
        "the homeserver's certificate is for another name: set `homeserver` in [matrix] to a name that its certificate has"
    )]
    OtherName,
    /// The certificate was refused for another reason.
    #[error(
        "the homeserver's certificate is not valid ({0}): use one that an authority has issued for it. A self-signed certificate that is its own authority is never accepted"
    )]
    Invalid(String),
    /// What responds is not TLS.
    #[error(
        "the server at `homeserver` in [matrix] does not speak TLS at this port: use the port of its client-server API, or \"http://\" for a homeserver on this machine"
    )]
    NotTls,
}

impl TlsError {
    /// The error of TLS among the causes of `error`, if there is one.
    pub(super) fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        match find_rustls(error)? {
            // Of a client that was not built. The system's authorities are read for each.
            rustls::Error::General(_) => Some(Self::NoAuthorities),
            rustls::Error::InvalidCertificate(error) => Some(Self::of_certificate(error)),
            rustls::Error::InvalidMessage(_) => Some(Self::NotTls),
            _ => None,
        }
    }

    fn of_certificate(error: &CertificateError) -> Self {
        match error {
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Self::OtherTime,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::OtherName
            }
            error => Self::Invalid(error.to_string()),
        }
    }
}

fn find_rustls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    // The source of an `io::Error` is that of the error inside it, which would be left out.
    let cause: Option<&'a (dyn Error + 'static)> = match error.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|inner| -> &(dyn Error + 'static) { inner }),
        None => error.source(),
    };
    find_rustls(cause?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_errors_are_found_inside_errors_of_connections() {
        let certificate = rustls::Error::InvalidCertificate;
        let rows = [
            (
                rustls::Error::General("No CA certificates".to_owned()),
                Some(TlsError::NoAuthorities),
            ),
            (certificate(CertificateError::UnknownIssuer), Some(TlsError::UnknownIssuer)),
            (certificate(CertificateError::Expired), Some(TlsError::OtherTime)),
            (certificate(CertificateError::NotValidYet), Some(TlsError::OtherTime)),
            (certificate(CertificateError::NotValidForName), Some(TlsError::OtherName)),
            (rustls::InvalidMessage::InvalidContentType.into(), Some(TlsError::NotTls)),
            (rustls::Error::HandshakeNotComplete, None),
        ];
        for (error, want) in rows {
            let text = error.to_string();
            let nested = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error));
            assert_eq!(TlsError::find(&nested), want, "{text}");
        }
        assert_eq!(TlsError::find(&io::Error::from(io::ErrorKind::ConnectionRefused)), None);
    }
}
