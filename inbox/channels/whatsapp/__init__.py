"""WhatsApp Cloud API: Meta's hosted API for business numbers.

Protocol: developers.facebook.com/documentation/business-messaging/whatsapp (Graph v26.0).
"""
